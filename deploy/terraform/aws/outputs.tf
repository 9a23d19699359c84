output "balancer" {
  description = "Point the hostname here."
  value       = aws_lb.this.dns_name
}

output "task_security_group_id" {
  description = "For rules of your own."
  value       = aws_security_group.tasks.id
}
