import { useSignal } from "@preact/signals";
import { beside } from "../compare/comparison";
import { source } from "../editor/editor";
import { arch, language, optimize } from "../program/choice";
import { connected } from "../protocol/client";
import { notice } from "../session";
import { Icon, Logo, type IconName } from "./icons";
import { layout } from "./layout";
import { linkFor } from "./share";
import { goToTab } from "./tabs";
import { nextTheme, theme, type Theme } from "./theme";

const THEMES: Record<Theme, { icon: IconName; label: string }> = {
  system: { icon: "screen", label: "Colours: as the system" },
  light: { icon: "sun", label: "Colours: light" },
  dark: { icon: "moon", label: "Colours: dark" },
};

function Share() {
  const copied = useSignal(false);
  const share = async () => {
    const link = await linkFor({
      source: source.value,
      language: language.value,
      arch: arch.value,
      optimize: optimize.value,
      compare: beside.value,
    });
    history.replaceState(null, "", link);
    try {
      await navigator.clipboard.writeText(link);
      copied.value = true;
      setTimeout(() => (copied.value = false), 2000);
    } catch {
      notice.value = { text: "The link is in the address bar now.", hint: "Copy it from there: the clipboard is closed to this page." };
    }
  };
  return (
    <button type="button" class="quiet" onClick={() => void share()} title="Copy a link to this program">
      <Icon name={copied.value ? "check" : "share"} />
      <span class="wordy">{copied.value ? "Link copied" : "Share"}</span>
    </button>
  );
}

export function TopBar({ help }: { help: () => void }) {
  const look = THEMES[theme.value];
  return (
    <header class="top">
      <a class="brand" href="/" aria-label="Trapgate, to the start page">
        <Logo />
        <span>Trapgate</span>
      </a>
      <p class="claim">What happens when a program asks the kernel for something</p>
      <div class="top-tools">
        {!connected.value && (
          <span class="offline" role="status">
            <span class="dot" aria-hidden="true" />
            Connecting
          </span>
        )}
        {layout.value === "narrow" && (
          <button type="button" onClick={() => goToTab("program")}>
            Program
          </button>
        )}
        <Share />
        <button type="button" class="quiet" onClick={nextTheme} aria-label={look.label} title={look.label}>
          <Icon name={look.icon} />
        </button>
        <button type="button" class="quiet" onClick={help} aria-label="Help and keyboard shortcuts" title="Help (?)">
          <Icon name="help" />
        </button>
      </div>
    </header>
  );
}
