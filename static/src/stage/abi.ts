import { ABIS } from "../generated/abis";
import type { AbiInfo } from "../generated/events";
import type { State } from "../fold/state";
import { arch } from "../program/choice";
import { isArch, MACHINES } from "../program/machines";

/** The architecture on show: the run's, and before there is one that of the menu. */
export const abiOf = (state: State): AbiInfo => state.abi ?? MACHINES[arch.value].abi;

/** The table that the call in view goes by: 64-bit code may enter the 32-bit one, with that one's registers. */
export function callAbi(state: State): AbiInfo {
  const own = abiOf(state);
  const call = state.crossing?.kind === "call" ? state.crossing : null;
  const table = call?.dispatch?.table ?? own.table;
  if (isArch(table)) return table === own.table ? own : ABIS[table];
  return own;
}
