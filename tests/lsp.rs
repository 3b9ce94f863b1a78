//! The language server over a connection in memory, as an editor talks to it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod project_support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lastcopy::lsp;
use lastcopy::pipeline::session::Options;
use lsp_server::{Connection, Message, Notification, Request};
use project_support::copied;
use serde_json::{Value, json};

struct Editor {
    connection: Connection,
    server: Option<std::thread::JoinHandle<()>>,
    root: PathBuf,
    encoding: String,
    diagnostics: BTreeMap<String, Vec<Value>>,
}

impl Editor {
    fn open(dir: &Path, encodings: Value) -> Editor {
        let (connection, other) = Connection::memory();
        let server = std::thread::spawn(move || {
            let options = Options { today: "2026-11-24".into(), ..Options::default() };
            lsp::run(&other, None, &options).unwrap();
        });
        let root = std::fs::canonicalize(dir).unwrap();
        let mut editor =
            Editor { connection, server: Some(server), root, encoding: String::new(), diagnostics: BTreeMap::new() };
        let uri = format!("file://{}", editor.root.display());
        editor.request(
            1,
            "initialize",
            json!({
                "capabilities": {
                    "general": {"positionEncodings": encodings},
                    "textDocument": {"publishDiagnostics": {"relatedInformation": true}},
                },
                "workspaceFolders": [{"uri": uri, "name": "project"}],
            }),
        );
        let result = editor.answer(1);
        editor.encoding = result["capabilities"]["positionEncoding"].as_str().unwrap().to_owned();
        editor.notify("initialized", json!({}));
        editor
    }

    fn request(&self, id: i32, method: &str, parameters: Value) {
        self.connection.sender.send(Message::Request(Request::new(id.into(), method.into(), parameters))).unwrap();
    }

    fn notify(&self, method: &str, parameters: Value) {
        self.connection.sender.send(Message::Notification(Notification::new(method.into(), parameters))).unwrap();
    }

    fn uri(&self, path: &str) -> String {
        format!("file://{}/{path}", self.root.display())
    }

    fn next(&mut self) -> Option<Message> {
        let message = self.connection.receiver.recv_timeout(Duration::from_secs(30)).ok()?;
        if let Message::Notification(n) = &message
            && n.method == "textDocument/publishDiagnostics"
        {
            let uri = n.params["uri"].as_str().unwrap().to_owned();
            self.diagnostics.insert(uri, n.params["diagnostics"].as_array().unwrap().clone());
        }
        Some(message)
    }

    fn answer(&mut self, id: i32) -> Value {
        loop {
            if let Message::Response(response) = self.next().expect("an answer")
                && response.id == id.into()
            {
                return serde_json::to_value(response).unwrap()["result"].clone();
            }
        }
    }

    /// Takes messages until a document's diagnostics are as wanted.
    fn until(&mut self, path: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let uri = self.uri(path);
        loop {
            if let Some(now) = self.diagnostics.get(&uri)
                && wanted(now)
            {
                return now.clone();
            }
            self.next().unwrap_or_else(|| panic!("no such diagnostics for {path}: {:?}", self.diagnostics.get(&uri)));
        }
    }

    fn close(mut self) {
        self.request(99, "shutdown", Value::Null);
        self.answer(99);
        self.notify("exit", Value::Null);
        self.server.take().unwrap().join().unwrap();
    }
}

fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|d| d["code"].as_str().unwrap()).collect()
}

#[test]
fn the_whole_project_has_diagnostics_also_in_files_that_are_not_open() {
    let dir = copied("pocketos");
    let mut editor = Editor::open(dir.path(), json!(["utf-8", "utf-16"]));
    assert_eq!(editor.encoding, "utf-8");
    let cursor = editor.until(".cursor/permissions.json", |d| !d.is_empty());
    assert!(codes(&cursor).contains(&"last-copy-in-one-call"));
    let path = cursor.iter().find(|d| d["code"] == "last-copy-in-one-call").unwrap();
    let related = path["relatedInformation"].as_array().unwrap();
    assert!(related.iter().any(|r| r["location"]["uri"].as_str().unwrap().ends_with("/scripts/add-domain.sh")));
    assert_eq!(path["severity"], 1);
    editor.until("infra/modules/database/main.tf", |d| codes(d).contains(&"unprotected-store"));
    editor.close();
}

#[test]
fn an_unsaved_change_counts_and_closing_brings_the_file_back() {
    let dir = copied("pocketos");
    let mut editor = Editor::open(dir.path(), json!(["utf-16"]));
    assert_eq!(editor.encoding, "utf-16");
    let found = |d: &[Value]| codes(d).contains(&"last-copy-in-one-call");
    editor.until(".cursor/permissions.json", found);
    let uri = editor.uri(".cursor/permissions.json");
    editor.notify(
        "textDocument/didOpen",
        json!({"textDocument": {"uri": uri, "languageId": "json", "version": 1, "text": "{}"}}),
    );
    editor.until(".cursor/permissions.json", <[Value]>::is_empty);
    editor.notify(
        "textDocument/didChange",
        json!({"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": "{\"terminalAllowlist\": [\"curl\"]}"}]}),
    );
    editor.until(".cursor/permissions.json", found);
    editor.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    editor.until(".cursor/permissions.json", |d| codes(d).contains(&"mcp-server-can-destroy"));
    editor.close();
}

#[test]
fn no_diagnostic_holds_a_secret() {
    let dir = copied("pocketos");
    let script = std::fs::read_to_string(dir.path().join("scripts/add-domain.sh")).unwrap();
    let secret = script.lines().find_map(|l| l.strip_prefix("RAILWAY_API_TOKEN=")).unwrap().to_owned();
    let mut editor = Editor::open(dir.path(), json!([]));
    editor.until("scripts/add-domain.sh", |d| !d.is_empty());
    let all = serde_json::to_string(&editor.diagnostics.values().collect::<Vec<_>>()).unwrap();
    assert!(!all.contains(&secret[..12]));
    editor.close();
}

#[test]
fn a_broken_config_is_said_and_not_fatal() {
    let dir = copied("pocketos");
    std::fs::write(dir.path().join("lastcopy.yaml"), "root: true\nenviroments: {}\n").unwrap();
    let mut editor = Editor::open(dir.path(), json!([]));
    let said = loop {
        if let Message::Notification(n) = editor.next().expect("a message")
            && n.method == "window/showMessage"
        {
            break n.params["message"].as_str().unwrap().to_owned();
        }
    };
    assert!(said.contains("lastcopy.yaml:2:1"), "{said}");
    std::fs::write(dir.path().join("lastcopy.yaml"), "root: true\n").unwrap();
    let uri = editor.uri("lastcopy.yaml");
    editor.notify("textDocument/didSave", json!({"textDocument": {"uri": uri}}));
    editor.until(".cursor/permissions.json", |d| !d.is_empty());
    editor.close();
}
