"""Style sheet, script and icons: small, named after their content, and where they came from is written down."""

import hashlib
import re
import tomllib

import httpx2

from catcher.paths import data_directory
from catcher.web.ui.site.assets import Assets, compact_style, joined_modules

STATIC = data_directory("static")


def test_static_files_are_kept_for_ever_under_their_hash(reader: httpx2.Client) -> None:
    """Every static file has a hash in its name and is immutable, compressed when that is understood."""
    page = reader.get("").text
    names = set(re.findall(r'/static/([^"#]+)', page))
    assert {name.split(".")[0] for name in names} == {"app", "icons", "favicon"}
    for name in names:
        answer = reader.get(f"static/{name}")
        assert re.fullmatch(r"[a-z]+\.[0-9a-f]{12}\.(css|js|svg)", name)
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
        assert hashlib.sha256(answer.content).hexdigest().startswith(name.split(".")[1])
        assert "content-encoding" not in reader.get(f"static/{name}", headers={"Accept-Encoding": "identity"}).headers
    assert reader.get("static/app.css").status_code == 404
    assert reader.get("static/..%2fpyproject.toml").status_code == 404


def test_the_pages_stay_within_their_budget() -> None:
    """64 kB of script, 24 kB of style, 16 kB of icons, no fonts."""
    script = joined_modules(STATIC / "js", "main.js").encode()
    assert len(script) <= 64_000
    assert len(compact_style((STATIC / "app.css").read_text(encoding="utf-8")).encode()) <= 24_000
    assert (STATIC / "vendor" / "icons.svg").stat().st_size <= 16_000
    assert not [path for path in STATIC.rglob("*") if path.suffix in {".woff", ".woff2", ".ttf"}]


def test_the_style_sheet_goes_without_what_only_readers_need() -> None:
    """The same rules in the same order: nothing but white space, comments and last semicolons is gone."""
    style = '/* a\nb */\n@layer x {\n  .a > .b::after, p:not(.c) { content: "▾"; margin: 0 auto; }\n}\n'
    assert compact_style(style) == '@layer x{.a>.b::after,p:not(.c){content:"▾";margin:0 auto}}'
    source = (STATIC / "app.css").read_text(encoding="utf-8")
    bare = re.sub(r"/\*.*?\*/|\s", "", source, flags=re.DOTALL)
    assert re.sub(r"\s", "", compact_style(source)) == bare.replace(";}", "}")


def test_the_joined_script_has_every_module_once() -> None:
    """No import or export is left, and no two modules use a name at top level."""
    script = joined_modules(STATIC / "js", "main.js")
    modules = sorted(path.name for path in (STATIC / "js").glob("*.js"))
    assert sorted(re.findall(r"^// ([a-z]+\.js)$", script, re.MULTILINE)) == modules
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)
    code = "".join((STATIC / "js" / name).read_text(encoding="utf-8") for name in modules)
    kept = {line for line in code.splitlines() if line and not re.match(r"\s*(//|/\*\*|\*)|import |export ", line)}
    assert kept <= set(script.splitlines())
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", script, re.MULTILINE)
    assert len(names) == len(set(names))
    assert all(len(path.read_text(encoding="utf-8").splitlines()) < 200 for path in (STATIC / "js").glob("*.js"))


def test_vendored_files_match_the_manifest() -> None:
    """Name, version, licence and SHA-256 of everything in static/vendor."""
    entries = tomllib.loads((STATIC / "vendor" / "manifest.toml").read_text(encoding="utf-8"))["file"]
    listed = {entry["path"] for entry in entries}
    assert listed == {path.name for path in (STATIC / "vendor").iterdir()} - {"manifest.toml"}
    for entry in entries:
        assert entry["package"]
        assert entry["version"]
        assert entry["licence"]
        assert hashlib.sha256((STATIC / "vendor" / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]


def test_every_icon_is_in_the_sprite_and_used() -> None:
    """A missing icon would be an empty square, an unused one is dead weight."""
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "vendor" / "icons.svg").read_text(encoding="utf-8")))
    templates = "".join(path.read_text(encoding="utf-8") for path in data_directory("templates").rglob("*.html"))
    used = set(re.findall(r'icon\((?:layout\.)?icons, "([a-z0-9-]+)"\)', templates))
    assert sprite == used
    assert templates.count("{{ icon(") == len(re.findall(r'icon\((?:layout\.)?icons, "', templates))


def test_names_change_with_content() -> None:
    """A new style sheet reaches browsers at once."""
    assert Assets(STATIC).names["app.css"] == Assets(STATIC).names["app.css"]
    assert len(set(Assets(STATIC).names.values())) == 4
