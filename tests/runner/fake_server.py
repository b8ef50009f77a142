"""The runner process with the fake engine."""

from app.runner.server import main
from tests.runner.fake_engine import FakeEngine

if __name__ == "__main__":
    main(FakeEngine)
