"""The doctor's findings where something is missing."""

from __future__ import annotations

import app
from app.runner import doctor, sandbox


def test_a_missing_package_is_named():
    finding = doctor._engine("no-such-distribution", lambda: None)
    assert not finding.ok
    assert "not installed" in finding.detail


def test_a_package_that_does_not_work_says_why():
    def use() -> None:
        raise OSError("libfoo.so: cannot open shared object file")

    finding = doctor._engine("msgspec", use)
    assert not finding.ok
    assert "libfoo.so" in finding.detail


def test_the_page_is_found_where_a_checkout_or_a_wheel_has_it(tmp_path, monkeypatch):
    monkeypatch.setattr(app, "__file__", str(tmp_path / "app" / "__init__.py"))
    assert not doctor._page().ok
    for place in (tmp_path / "static" / "dist", tmp_path / "app" / "static"):
        place.mkdir(parents=True)
        (place / "manifest.json").write_text("{}")
        finding = doctor._page()
        assert finding.ok
        assert finding.detail == str(place)


def test_layers_that_do_not_hold_are_findings(monkeypatch):
    layers = [sandbox.Layer("landlock", False, "the kernel has none"), sandbox.Layer("seccomp", True, "")]
    monkeypatch.setattr(sandbox, "probe", lambda: layers)
    assert doctor._sandbox() == [
        doctor.Finding("sandbox: landlock", False, "the kernel has none"),
        doctor.Finding("sandbox: seccomp", True, "active"),
    ]
