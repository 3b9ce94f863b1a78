variable "v" {}
resource "terraform_data" "inner" {
  input = var.v
}
output "i" { value = terraform_data.inner.id }
