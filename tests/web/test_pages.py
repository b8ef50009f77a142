"""The page, its files, its headers and the health check."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

import app
from app.settings import Settings
from app.web import create_app
from app.web.assets import Assets, PageNotBuiltError
from tests.web.fake_backend import FakeBackend

TEMPLATE = """<script type="application/json" id="config">{{ config|tojson }}</script>
{{ entry_js }}|{{ entry_css|join(",") }}|{{ preload|join(",") }}"""

MANIFEST = {
    "src/main.tsx": {
        "file": "assets/main-abc.js",
        "name": "main",
        "src": "src/main.tsx",
        "isEntry": True,
        "imports": ["_editor.js", "_socket.js"],
        "dynamicImports": ["xterm.js"],
        "css": ["assets/main-abc.css"],
    },
    "_editor.js": {"file": "assets/editor-abc.js", "imports": ["_socket.js"], "css": ["assets/editor-abc.css"]},
    "_socket.js": {"file": "assets/socket-abc.js", "imports": ["_editor.js"]},
    "xterm.js": {"file": "assets/xterm-abc.js", "css": ["assets/xterm-abc.css"], "isDynamicEntry": True},
}


@pytest.fixture
def assets(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "index.html").write_text(TEMPLATE)
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "manifest.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "dist" / "assets" / "main-abc.js").write_text("1;")
    return Assets(tmp_path / "dist", tmp_path / "templates")


@pytest.fixture
def browser(assets):
    return create_app(Settings(max_source_bytes=1234), FakeBackend(), assets).test_client()


def test_the_page_loads_the_entry_and_all_it_imports_at_once(browser):
    response = browser.get("/")
    assert response.status_code == 200
    assert response.text.splitlines()[-1] == (
        "/static/assets/main-abc.js|/static/assets/editor-abc.css,/static/assets/main-abc.css|"
        "/static/assets/editor-abc.js,/static/assets/socket-abc.js"
    )
    assert response.headers["Cache-Control"] == "no-cache"


def test_the_page_carries_its_configuration(browser):
    config = json.loads(re.search(r">(.*)</script>", browser.get("/").text)[1])
    assert config["version"] == app.__version__
    assert config["max_source_bytes"] == 1234
    for example in config["examples"]:
        assert set(example) == {"slug", "title", "about", "language", "arches", "source"}


def test_hashed_files_are_kept_for_ever(browser):
    response = browser.get("/static/assets/main-abc.js")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/static/manifest.json", "/static/assets/none.js"])
def test_other_files_are_not(browser, path):
    assert browser.get(path).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/static/../templates/index.html", "/static/%2e%2e/templates/index.html"])
def test_no_way_out_of_the_static_folder(browser, path):
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/assets/main-abc.js", "/none"])
def test_every_response_has_the_security_headers(browser, path):
    headers = browser.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self' ws: wss:",
        "frame-ancestors": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_health(browser):
    health = browser.get("/healthz").json
    assert health == {"status": "ok", "version": app.__version__, "runner": {"runs": {}}}


@pytest.mark.parametrize("manifest", [None, "", "[]", "{}", '{"a": {"file": "a.js"}}', '{"a": {"isEntry": true}}'])
def test_a_page_that_is_not_built_says_what_to_do(assets, browser, manifest):
    path = assets.dist / "manifest.json"
    path.unlink() if manifest is None else path.write_text(manifest)
    with pytest.raises(PageNotBuiltError):
        assets.page()
    response = browser.get("/")
    assert response.status_code == 503
    assert "make build" in response.text
    assert browser.get("/healthz").status_code == 200


def test_a_page_built_later_is_found(assets, browser):
    manifest = (assets.dist / "manifest.json").read_text()
    (assets.dist / "manifest.json").unlink()
    assert browser.get("/").status_code == 503
    (assets.dist / "manifest.json").write_text(manifest)
    assert browser.get("/").status_code == 200


ENGINES = ("unicorn", "keystone", "app.kernel", "app.cpu", "app.toolchain")


def test_the_web_process_never_loads_an_engine():
    code = (
        "import sys; from app.web import create_app; from app.settings import Settings;"
        "from tests.web.fake_backend import FakeBackend;"
        "create_app(Settings(), FakeBackend()) ; print(*sys.modules, sep='\\n')"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "app.web.sessions" in loaded
    # The list of machines, and what compilers are told, which is text.
    light = ("app.toolchain", "app.toolchain.machines", "app.toolchain.detect", "app.toolchain.program")
    compilers = ("app.toolchain.c", "app.toolchain.rust")
    found = [name for name in loaded if name.startswith(ENGINES) and name not in light]
    assert [name for name in found if not name.startswith(compilers)] == []
