# The last copy: dumps of Railway's database, and every contract.
resource "aws_s3_bucket" "offsite" {
  provider = aws.offsite

  bucket = "pocketos-offsite"
  # Only possible when the bucket is created: a lock can't be added to an old one from here.
  object_lock_enabled = true

  lifecycle {
    prevent_destroy = true
  }
}

# A lock protects versions, so versioning is part of it.
resource "aws_s3_bucket_versioning" "offsite" {
  provider = aws.offsite

  bucket = aws_s3_bucket.offsite.id

  versioning_configuration {
    status = "Enabled"
  }
}

# COMPLIANCE: nobody, not even the account's root user, deletes a version before its day. GOVERNANCE
# would leave that to whoever has s3:BypassGovernanceRetention. 35 days is longer than a month's
# holiday: time for somebody to notice.
resource "aws_s3_bucket_object_lock_configuration" "offsite" {
  provider = aws.offsite

  bucket = aws_s3_bucket.offsite.id

  rule {
    default_retention {
      mode = "COMPLIANCE"
      days = 35
    }
  }

  depends_on = [aws_s3_bucket_versioning.offsite]
}

resource "aws_s3_bucket_public_access_block" "offsite" {
  provider = aws.offsite

  bucket = aws_s3_bucket.offsite.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# What Railway's services sign in as: they can add objects and do nothing else.
resource "aws_iam_user" "writer" {
  provider = aws.offsite

  name = "pocketos-offsite-writer"
}

resource "aws_iam_user_policy" "writer" {
  provider = aws.offsite

  name   = "put-objects"
  user   = aws_iam_user.writer.name
  policy = data.aws_iam_policy_document.writer.json
}

data "aws_iam_policy_document" "writer" {
  statement {
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.offsite.arn}/*"]
  }
}
