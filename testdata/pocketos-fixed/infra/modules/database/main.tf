resource "aws_db_instance" "this" {
  identifier                  = var.identifier
  engine                      = "postgres"
  engine_version              = var.engine_version
  instance_class              = var.instance_class
  allocated_storage           = var.allocated_storage
  storage_encrypted           = var.storage_encrypted
  db_name                     = replace(var.identifier, "-", "_")
  username                    = "postgres"
  manage_master_user_password = true
  db_subnet_group_name        = var.subnet_group_name
  vpc_security_group_ids      = var.security_group_ids

  # The platform's guard: AWS refuses the call, whoever makes it.
  deletion_protection = var.deletion_protection
  # What is left should somebody lift the guard: one last snapshot, and the daily ones.
  skip_final_snapshot       = var.skip_final_snapshot
  final_snapshot_identifier = var.skip_final_snapshot ? null : "${var.identifier}-final"
  backup_retention_period   = var.backup_retention_days
  delete_automated_backups  = var.delete_automated_backups

  # Terraform's own guard, against a plan that replaces the database because something else changed.
  lifecycle {
    prevent_destroy = true
  }
}

output "endpoint" {
  value = aws_db_instance.this.endpoint
}
