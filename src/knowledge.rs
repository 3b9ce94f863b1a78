//! Types, look-ups and merging of `rules/knowledge/`. Passed as `&Knowledge`, never global.
