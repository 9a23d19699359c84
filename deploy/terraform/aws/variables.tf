variable "region" {
  description = "Region of everything here."
  type        = string
}

variable "name" {
  description = "Prefix of all names."
  type        = string
  default     = "waybill"
}

variable "image" {
  description = "Image of the gateway by its digest, in a registry of yours: registry/waybill@sha256:…"
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "The image must be named by its digest, so that every task runs the same."
  }
}

variable "vpc_id" {
  description = "Network that reaches MongoDB, Redis and the internet."
  type        = string
}

variable "vpc_cidr" {
  description = "Range of that network: the balancer's addresses are in it, and nobody else sends to the tasks."
  type        = string
}

variable "public_subnet_ids" {
  description = "Subnets of the load balancer, in two zones at least."
  type        = list(string)
}

variable "private_subnet_ids" {
  description = "Subnets of the tasks, with a way out (NAT): partners may allow-list its addresses."
  type        = list(string)
}

variable "certificate_arn" {
  description = "Certificate of hostname, in ACM."
  type        = string
}

variable "hostname" {
  description = "Name that networks call; point it at the output balancer."
  type        = string
}

variable "secrets" {
  description = "Environment variable to ARN in Secrets Manager. MONGODB_URI, REDIS_URL, WAYBILL_KEY and WAYBILL_ADMIN_KEY, and whatever waybill.yaml names."
  type        = map(string)

  validation {
    condition     = length(setsubtract(["MONGODB_URI", "REDIS_URL", "WAYBILL_KEY", "WAYBILL_ADMIN_KEY"], keys(var.secrets))) == 0
    error_message = "MONGODB_URI, REDIS_URL, WAYBILL_KEY and WAYBILL_ADMIN_KEY are needed."
  }
}

variable "config_file_system_id" {
  description = "EFS that holds waybill.yaml at its root; mounted read-only."
  type        = string
}

variable "store_security_group_ids" {
  description = "Security groups of MongoDB, Redis and the file system by port, to open them for the tasks: {\"27017\" = \"sg-…\", \"6379\" = \"sg-…\", \"2049\" = \"sg-…\"}."
  type        = map(string)
  default     = {}
}

variable "replicas" {
  description = "Gateways; two at least, so that one can go."
  type        = number
  default     = 2

  validation {
    condition     = var.replicas >= 2
    error_message = "One gateway cannot be replaced without a gap."
  }
}

variable "max_replicas" {
  description = "Gateways at most, when processors are busy."
  type        = number
  default     = 6
}
