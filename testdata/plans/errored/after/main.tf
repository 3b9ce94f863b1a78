resource "terraform_data" "a" {
  input = "a2"
}
resource "terraform_data" "b" {
  input = "b"
  lifecycle {
    precondition {
      condition     = terraform_data.a.input == 2
      error_message = "never"
    }
  }
}
