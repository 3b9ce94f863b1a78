variable "identifier" {
  type = string
}

variable "engine_version" {
  type    = string
  default = "17.4"
}

variable "instance_class" {
  type = string
}

variable "allocated_storage" {
  type    = number
  default = 100
}

variable "storage_encrypted" {
  type    = bool
  default = true
}

variable "subnet_group_name" {
  type = string
}

variable "security_group_ids" {
  type = list(string)
}

variable "deletion_protection" {
  type    = bool
  default = true
}

variable "skip_final_snapshot" {
  type    = bool
  default = false
}

variable "backup_retention_days" {
  type    = number
  default = 7
}

variable "delete_automated_backups" {
  description = "Delete the daily backups together with the instance (the provider's default is yes)."
  type        = bool
  default     = false
}
