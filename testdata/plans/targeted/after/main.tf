resource "terraform_data" "a" {
  input = "a2"
}
resource "terraform_data" "b" {
  input = "b2"
}
