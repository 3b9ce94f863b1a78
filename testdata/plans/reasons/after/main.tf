resource "terraform_data" "tainted" {
  input = 1
}
resource "terraform_data" "asked" {
  input = 1
}
resource "terraform_data" "trigger" {
  input = 2
}
resource "terraform_data" "triggered" {
  input = 1
  lifecycle {
    replace_triggered_by = [terraform_data.trigger]
  }
}
resource "terraform_data" "keys" {
  for_each = toset(["a"])
  input    = each.key
}
resource "terraform_data" "counted" {
  count = 1
  input = count.index
}
resource "terraform_data" "repeated" {
  count = 1
  input = "a"
}
