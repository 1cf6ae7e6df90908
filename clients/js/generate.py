"""Writes `operations.js` and `operations.d.ts` from the OpenAPI document of the catcher in this checkout.

Run as `python clients/js/generate.py` after a change of the API; a test says when it is needed.
"""

import json
import re
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

NOTE = "Made by generate.py from the OpenAPI document; do not edit."
FOREIGN = ("/api/v2/", "/api/v1/swagger.json", "/api/v1/messages/{id}", "/metrics", "/view/")
"""Paths that are left out: MailHog's, second names, and what people look at."""

_NAME = re.compile(r"[A-Za-z_$][\w$]*\Z")


def main() -> None:
    """Write both files."""
    for name, text in files(document()).items():
        (HERE / name).write_text(text, "utf-8", newline="\n")


def document() -> dict[str, Any]:
    """The document, asked of a running catcher as any client would."""
    from catcher.testing import running_catcher

    with running_catcher() as running, urllib.request.urlopen(f"{running.url}api/v1/openapi.json") as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
    return found


def files(described: dict[str, Any]) -> dict[str, str]:
    """Both files by their names."""
    operations = list(_operations(described))
    return {
        "operations.js": _script(operations),
        "operations.d.ts": _types(described["components"]["schemas"], operations),
    }


def _operations(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in described["paths"].items():
        if not path.startswith(FOREIGN):
            for method, operation in methods.items():
                yield {**operation, "path": path, "method": method.upper()}


def _script(operations: list[dict[str, Any]]) -> str:
    lines = [
        f"// {NOTE}",
        "",
        "/** Every route, as a method; a body is the parameter `body`. `call` is what sends the request. */",
        "export class Operations {",
    ]
    for each in operations:
        has_parameters = each.get("parameters") or "requestBody" in each
        arguments = "parameters = {}, options = {}" if has_parameters else "options = {}"
        parameters = "parameters" if has_parameters else "{}"
        lines += [
            f"  /** {_comment(each)} */",
            f"  {_name(each)}({arguments}) {{",
            f'    return this.call("{each["method"]}", "{each["path"]}", {parameters}, "{_kind(each)}", options);',
            "  }",
            "",
        ]
    return "\n".join([*lines[:-1], "}", ""])


def _types(schemas: dict[str, Any], operations: list[dict[str, Any]]) -> str:
    lines = [f"// {NOTE}", ""]
    wanted = _reachable(schemas, operations)
    for name, schema in schemas.items():
        if name in wanted:
            lines += [f"/** {_sentence(schema)} */", f"export interface {name} {_object(schema, '')}", ""]
    lines += [
        "/** What any request may be given besides its parameters. timeout: in milliseconds. */",
        "export interface Options {",
        "  signal?: AbortSignal;",
        "  timeout?: number;",
        "}",
        "",
        "/** Every route, as a method; a body is the parameter `body`. */",
        "export class Operations {",
    ]
    for each in operations:
        lines += [f"  /** {_comment(each)} */", f"  {_signature(each)};"]
    return "\n".join([*lines, "}", ""])


def _reachable(schemas: dict[str, Any], operations: list[dict[str, Any]]) -> set[str]:
    """Names of the schemas that the operations speak of, in whatever depth."""
    found: set[str] = set()
    waiting = _references(operations)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting |= _references(schemas[name])
    return found


def _references(value: Any) -> set[str]:
    text = json.dumps(value)
    return set(re.findall(r'"#/components/schemas/(\w+)"', text))


def _signature(operation: dict[str, Any]) -> str:
    """The method as TypeScript: parameters and body in one object, for either may come later without the other."""
    wanted = [(each["name"], each["required"], each["schema"]) for each in operation.get("parameters", ())]
    if body := operation.get("requestBody"):
        wanted.append(("body", body["required"], body["content"]["application/json"]["schema"]))
    if not wanted:
        return f"{_name(operation)}(options?: Options): Promise<{_answer_type(operation)}>"
    each_one = "; ".join(f"{_key(name)}{'' if needed else '?'}: {_type(schema)}" for name, needed, schema in wanted)
    mark = "" if any(needed for _, needed, _ in wanted) else "?"
    arguments = f"parameters{mark}: {{ {each_one} }}, options?: Options"
    return f"{_name(operation)}({arguments}): Promise<{_answer_type(operation)}>"


def _answer_type(operation: dict[str, Any]) -> str:
    kind = _kind(operation)
    if kind in ("text", "bytes", "nothing"):
        return {"text": "string", "bytes": "Uint8Array", "nothing": "void"}[kind]
    answer = _type(next(content["schema"] for media, content in _good(operation).items() if "json" in media))
    return f"{answer}[]" if kind == "lines" else answer


def _kind(operation: dict[str, Any]) -> str:
    """How the answer is read: json, lines (of JSON), text, bytes, nothing."""
    media = list(_good(operation))
    if "application/json" in media and len(media) == 1:
        return "json"
    if "application/json" in media:
        return "either"
    if "application/x-ndjson" in media:
        return "lines"
    if not media:
        return "nothing"
    is_text = all(each.startswith("text/") for each in media) and not operation["path"].endswith("/raw")
    return "text" if is_text else "bytes"


def _good(operation: dict[str, Any]) -> dict[str, Any]:
    status = min(status for status in operation["responses"] if status.startswith("2"))
    content: dict[str, Any] = operation["responses"][status].get("content", {})
    return content


def _type(schema: Any) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(each) for each in schema["anyOf"]))
    match schema.get("type"):
        case "array":
            inner = _type(schema.get("items", {}))
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case "object":
            return _object(schema, "  ")
        case "integer" | "number":
            return "number"
        case "string" | "boolean" | "null" as plain:
            return str(plain)
    return "unknown"


def _object(schema: dict[str, Any], indent: str) -> str:
    if "properties" not in schema:
        inner = schema.get("additionalProperties")
        return f"Record<string, {_type(inner) if isinstance(inner, dict) and inner else 'unknown'}>"
    needed = schema.get("required", ())
    lines = [
        f"{indent}  {_key(name)}{'' if name in needed else '?'}: {_type(each)};"
        for name, each in schema["properties"].items()
    ]
    return "\n".join(["{", *lines, f"{indent}}}"])


def _name(operation: dict[str, Any]) -> str:
    """The operation's id, without underscores: getMessageIdPartPartId."""
    first, *rest = str(operation["operationId"]).split("_")
    return first + "".join(each.capitalize() for each in rest)


def _key(name: str) -> str:
    return name if _NAME.match(name) else json.dumps(name)


def _comment(operation: dict[str, Any]) -> str:
    text = " ".join(f"{operation['summary']}. {operation.get('description', '')}".split())
    return f"{text} {operation['method']} {operation['path']}".replace("*/", "* /")


def _sentence(schema: dict[str, Any]) -> str:
    return " ".join(schema.get("description", "").split()).replace("*/", "* /")


if __name__ == "__main__":
    main()
