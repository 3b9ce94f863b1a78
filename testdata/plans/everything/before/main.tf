terraform {
  required_version = ">= 1.7"
}
variable "n" {
  type    = number
  default = 2
}
variable "secret" {
  type      = string
  default   = "hunter2-s3cret"
  sensitive = true
}
resource "terraform_data" "a" {
  input            = { n = var.n, s = var.secret, list = [1, "x"] }
  triggers_replace = [var.n]
}
resource "terraform_data" "c" {
  count = var.n
  input = "c-${count.index}"
  lifecycle {
    create_before_destroy = true
  }
  triggers_replace = var.n
}
resource "terraform_data" "k" {
  for_each = toset(["x", "y.z", "q\"uote"])
  input    = each.key
}
resource "terraform_data" "dep" {
  input = terraform_data.a.id
}
module "m" {
  source = "./mod"
  for_each = toset(["one", "two"])
  v      = terraform_data.a.output
}
resource "terraform_data" "old" {
  input = "old"
}
output "o" {
  value     = module.m
  sensitive = true
}
output "p" { value = terraform_data.dep.output }
check "c" {
  assert {
    condition     = var.n > 0
    error_message = "n"
  }
}
resource "terraform_data" "gone" {
  input = "gone"
}
resource "terraform_data" "forgotten" {
  input = "f"
}
resource "terraform_data" "rem" {
  input = "r"
}
