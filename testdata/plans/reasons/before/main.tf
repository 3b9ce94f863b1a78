resource "terraform_data" "tainted" {
  input = 1
}
resource "terraform_data" "asked" {
  input = 1
}
resource "terraform_data" "trigger" {
  input = 1
}
resource "terraform_data" "triggered" {
  input = 1
}
resource "terraform_data" "keys" {
  for_each = toset(["a", "b"])
  input    = each.key
}
resource "terraform_data" "counted" {
  count = 2
  input = count.index
}
resource "terraform_data" "repeated" {
  for_each = toset(["a"])
  input    = each.key
}
module "gone" {
  source = "./mod"
}
