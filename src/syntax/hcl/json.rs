//! Terraform's JSON syntax (`.tf.json`) → the same AST.
//!
//! Whether an object is a nested block or an attribute depends on the provider's schema, which JSON
//! doesn't say. So an object (or a list of objects) inside a resource is given as both: the
//! attribute of that name, and the blocks of that name. Where Terraform itself says what it is, it is given as
//! that alone. Strings are templates, but where a reference or a type is meant.

use crate::source::{Source, Span};
use crate::syntax::hcl::parser::DEPTH;
use crate::syntax::hcl::{
    Attribute, Block, Body, Expr, ExprKind, File, Ident, ObjectItem, parse_expression, parse_template,
};
use crate::syntax::tree::{Data, Member, Node};
use crate::syntax::{Problem, json};

/// Parses a `.tf.json` file.
pub fn parse_json(source: &Source) -> File {
    let tree = json::parse(source);
    let mut lowering = Lowering { source, problems: tree.problems };
    let body = match tree.roots.first() {
        Some(root) => lowering.file(root),
        None => Body { attributes: Vec::new(), blocks: Vec::new(), span: source.span() },
    };
    File { source: source.id, body, comments: tree.comments, problems: lowering.problems }
}

/// How many labels a block type of Terraform's top level has.
fn labels(kind: &str) -> Option<usize> {
    Some(match kind {
        "resource" | "data" | "ephemeral" => 2,
        "variable" | "output" | "module" | "provider" | "check" => 1,
        "locals" | "terraform" | "moved" | "import" | "removed" => 0,
        _ => return None,
    })
}

/// Names of nested blocks that are Terraform's own: never attributes.
const BLOCKS: [&str; 12] = [
    "lifecycle",
    "provisioner",
    "connection",
    "dynamic",
    "content",
    "backend",
    "cloud",
    "required_providers",
    "provider_meta",
    "validation",
    "precondition",
    "postcondition",
];

/// Nested blocks that have a label.
const LABELLED: [&str; 4] = ["dynamic", "provisioner", "backend", "provider_meta"];

/// Kinds of block in which an object is always an attribute's value.
const ATTRIBUTES_ONLY: [&str; 5] = ["module", "variable", "output", "locals", "required_providers"];

struct Lowering<'a> {
    source: &'a Source,
    problems: Vec<Problem>,
}

impl Lowering<'_> {
    fn file(&mut self, root: &Node) -> Body {
        let mut body = Body { attributes: Vec::new(), blocks: Vec::new(), span: self.source.span() };
        for member in root.members() {
            match labels(&member.key) {
                Some(count) => {
                    self.blocks(member, member.key_span, &member.value, count, &mut Vec::new(), &mut body.blocks)
                }
                // A tfvars-like file, or a comment key `//`.
                None if member.key == "//" => {}
                None => body.attributes.push(self.attribute(member)),
            }
        }
        body
    }

    fn blocks(
        &mut self,
        kind: &Member,
        header: Span,
        node: &Node,
        count: usize,
        labels: &mut Vec<Ident>,
        into: &mut Vec<Block>,
    ) {
        if let Data::Array(items) = &node.value {
            for item in items {
                self.blocks(kind, header, item, count, labels, into);
            }
            return;
        }
        if count > 0 {
            for member in node.members() {
                labels.push(Ident { name: member.key.clone(), span: member.key_span });
                self.blocks(kind, member.key_span, &member.value, count - 1, labels, into);
                labels.pop();
            }
            return;
        }
        into.push(Block {
            kind: Ident { name: kind.key.clone(), span: kind.key_span },
            labels: labels.clone(),
            body: self.body(&kind.key, node, 0),
            header,
            span: header.to(node.span),
        });
    }

    fn body(&mut self, kind: &str, node: &Node, depth: usize) -> Body {
        let mut body = Body { attributes: Vec::new(), blocks: Vec::new(), span: node.span };
        if depth > DEPTH {
            return body;
        }
        for member in node.members().iter().filter(|m| m.key != "//") {
            let objects: Vec<&Node> = match &member.value.value {
                Data::Object(_) => vec![&member.value],
                Data::Array(items) if !items.is_empty() && items.iter().all(|i| matches!(i.value, Data::Object(_))) => {
                    items.iter().collect()
                }
                _ => Vec::new(),
            };
            let own = BLOCKS.contains(&member.key.as_str());
            if LABELLED.contains(&member.key.as_str()) && !(member.key == "backend" && kind != "terraform") {
                let mut labels = Vec::new();
                self.blocks(member, member.key_span, &member.value, 1, &mut labels, &mut body.blocks);
                continue;
            }
            if !own && (ATTRIBUTES_ONLY.contains(&kind) || is_reference(kind, &member.key)) {
                body.attributes.push(self.attribute_of(kind, member));
                continue;
            }
            for object in objects {
                let inner = self.body(&member.key, object, depth + 1);
                body.blocks.push(Block {
                    kind: Ident { name: member.key.clone(), span: member.key_span },
                    labels: Vec::new(),
                    body: inner,
                    header: member.key_span,
                    span: member.key_span.to(object.span),
                });
            }
            if !own {
                let attribute = self.attribute(member);
                body.attributes.push(attribute);
            }
        }
        body
    }

    /// An attribute whose string may be a type or a reference rather than a template.
    fn attribute_of(&mut self, kind: &str, member: &Member) -> Attribute {
        let mut attribute = self.attribute(member);
        if is_reference(kind, &member.key)
            && let Data::String(text) = &member.value.value
        {
            let written = Source::new(self.source.id, self.source.path.clone(), text);
            match parse_expression(&written, written.span()) {
                Ok(expr) => attribute.value = relocate(expr, member.value.span),
                Err(problem) => self.problems.push(Problem { span: member.value.span, message: problem.message }),
            }
        }
        attribute
    }

    fn attribute(&mut self, member: &Member) -> Attribute {
        Attribute {
            name: Ident { name: member.key.clone(), span: member.key_span },
            value: self.expr(&member.value),
            span: member.span(),
        }
    }

    // The JSON parser caps nesting, so this recursion is bounded.
    fn expr(&mut self, node: &Node) -> Expr {
        let kind = match &node.value {
            Data::Null => ExprKind::Null,
            Data::Bool(b) => ExprKind::Bool(*b),
            Data::Number(n) if n.starts_with('-') => {
                let digits = Expr { span: node.span, kind: ExprKind::Number(n.trim_start_matches('-').into()) };
                ExprKind::Unary(super::UnaryOp::Negate, Box::new(digits))
            }
            Data::Number(n) => ExprKind::Number(n.clone()),
            Data::String(text) if text.contains("${") || text.contains("%{") => {
                // Read from the raw text between the quotes, so that spans point into the file.
                let inner = Span { start: node.span.start + 1, end: node.span.end.saturating_sub(1), ..node.span };
                let raw = self.source.slice(inner);
                if raw == text.as_str() {
                    match parse_template(self.source, inner) {
                        Ok(expr) => expr.kind,
                        Err(problem) => {
                            self.problems.push(problem);
                            ExprKind::String(text.clone())
                        }
                    }
                } else {
                    // Escapes inside: read the unescaped text, and point at the whole string.
                    let unescaped = Source::new(self.source.id, self.source.path.clone(), text);
                    match parse_template(&unescaped, unescaped.span()) {
                        Ok(expr) => relocate(expr, node.span).kind,
                        Err(problem) => {
                            self.problems.push(Problem { span: node.span, message: problem.message });
                            ExprKind::String(text.clone())
                        }
                    }
                }
            }
            Data::String(text) => ExprKind::String(text.clone()),
            Data::Array(items) => ExprKind::Tuple(items.iter().map(|i| self.expr(i)).collect()),
            Data::Object(members) => ExprKind::Object(
                members
                    .iter()
                    .map(|m| ObjectItem {
                        key: Expr { span: m.key_span, kind: ExprKind::String(m.key.clone()) },
                        value: self.expr(&m.value),
                    })
                    .collect(),
            ),
        };
        Expr { span: node.span, kind }
    }
}

/// Whether an attribute's string is read as an expression: a type, an address.
fn is_reference(kind: &str, name: &str) -> bool {
    matches!((kind, name), ("variable", "type") | ("moved" | "removed", "from") | ("moved" | "import", "to"))
}

/// Points a whole expression at one span.
fn relocate(mut expr: Expr, span: Span) -> Expr {
    super::relocate::expr(&mut expr, span);
    expr
}
