resource "terraform_data" "inner" {
  input = "x"
}
