import { elf, type ElfFile } from "../program/choice";
import { describeElf } from "../program/files";
import { sizeText } from "../fold/words";
import { mistakes, typedArguments } from "../session";
import { Icon } from "../ui/icons";

/** The ELF file that runs in place of the editor's text. */
export function ElfCard({ file }: { file: ElfFile }) {
  const close = () => {
    elf.value = null;
    mistakes.value = [];
  };
  return (
    <div class="elf" data-testid="elf">
      <div class="elf-name">
        <Icon name="chip" size={20} />
        <p>
          <strong>{file.name}</strong>
          <span>
            {describeElf(file.data)}, {sizeText(file.data.byteLength)}
          </span>
        </p>
      </div>
      <label class="elf-arguments">
        <span>Arguments</span>
        <input
          type="text"
          data-testid="arguments"
          value={typedArguments.value}
          placeholder="none"
          spellcheck={false}
          autocapitalize="off"
          onInput={(event) => (typedArguments.value = event.currentTarget.value)}
        />
      </label>
      <button type="button" onClick={close}>
        Back to the editor
      </button>
    </div>
  );
}
