locals {
  environment = {
    WAYBILL_CONFIG      = "/etc/waybill/waybill.yaml"
    WAYBILL_PUBLIC_URL  = "https://${var.hostname}"
    WAYBILL_TRUST_PROXY = var.vpc_cidr
    # A service has no step before its tasks: the first new one migrates, the others wait for it.
    WAYBILL_MIGRATE = "auto"
    # Longer than two of the balancer's checks.
    DRAIN_DELAY      = "15"
    SHUTDOWN_TIMEOUT = "45"
  }
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.name}"
  retention_in_days = 30
}

resource "aws_ecs_task_definition" "gateway" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  execution_role_arn       = aws_iam_role.execution.arn

  volume {
    name = "config"

    efs_volume_configuration {
      file_system_id     = var.config_file_system_id
      transit_encryption = "ENABLED"
    }
  }

  container_definitions = jsonencode([{
    name                   = "waybill"
    image                  = var.image
    essential              = true
    user                   = "10001:10001"
    readonlyRootFilesystem = true
    # Longer than SHUTDOWN_TIMEOUT.
    stopTimeout  = 60
    portMappings = [{ containerPort = 3000, protocol = "tcp" }]
    environment  = [for name, value in local.environment : { name = name, value = value }]
    secrets      = [for name, arn in var.secrets : { name = name, valueFrom = arn }]
    mountPoints  = [{ sourceVolume = "config", containerPath = "/etc/waybill", readOnly = true }]
    healthCheck = {
      command     = ["CMD", "/usr/local/bin/node", "/app/deploy/image/healthcheck.mjs"]
      interval    = 15
      timeout     = 4
      retries     = 3
      startPeriod = 60
    }
    linuxParameters = { capabilities = { drop = ["ALL"] } }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "gateway"
      }
    }
  }])
}

resource "aws_ecs_service" "gateway" {
  name            = var.name
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.gateway.arn
  desired_count   = var.replicas
  launch_type     = "FARGATE"

  # A new task is ready before an old one goes, and a roll-out that does not come up is taken back.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets         = var.private_subnet_ids
    security_groups = [aws_security_group.tasks.id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.gateways.arn
    container_name   = "waybill"
    container_port   = 3000
  }

  lifecycle {
    ignore_changes = [desired_count]
  }

  depends_on = [aws_lb_listener_rule.door, aws_iam_role_policy.secrets]
}

resource "aws_appautoscaling_target" "gateway" {
  service_namespace  = "ecs"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.gateway.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = var.replicas
  max_capacity       = var.max_replicas
}

resource "aws_appautoscaling_policy" "cpu" {
  name               = "${var.name}-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.gateway.service_namespace
  resource_id        = aws_appautoscaling_target.gateway.resource_id
  scalable_dimension = aws_appautoscaling_target.gateway.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = 60
    scale_in_cooldown  = 600
    scale_out_cooldown = 60

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
