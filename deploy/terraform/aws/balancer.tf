# No access logs to S3 here: they would hold whole paths, and the last segment of some networks' URLs is a secret.
resource "aws_lb" "this" {
  name               = var.name
  load_balancer_type = "application"
  security_groups    = [aws_security_group.balancer.id]
  subnets            = var.public_subnet_ids

  # Below the 65 s after which a gateway closes an idle connection.
  idle_timeout               = 60
  drop_invalid_header_fields = true
  # The address of the caller is put at the end; the gateway believes no more than that (WAYBILL_TRUST_PROXY).
  xff_header_processing_mode = "append"
  enable_deletion_protection = true
}

resource "aws_lb_target_group" "gateways" {
  name_prefix = "wb-"
  vpc_id      = var.vpc_id
  protocol    = "HTTP"
  port        = 3000
  target_type = "ip"

  load_balancing_algorithm_type = "least_outstanding_requests"

  # A task that goes is deregistered first, then hears SIGTERM and serves on for DRAIN_DELAY.
  deregistration_delay = 20

  health_check {
    path                = "/readyz"
    matcher             = "200"
    interval            = 5
    timeout             = 2
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  # Dashboard, admin API and metrics stay inside.
  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "door" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.gateways.arn
  }

  condition {
    host_header {
      values = [var.hostname]
    }
  }

  condition {
    path_pattern {
      values = ["/in/*", "/c/*", "/track", "/postback"]
    }
  }
}
