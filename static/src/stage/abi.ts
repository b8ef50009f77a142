import type { AbiInfo } from "../generated/events";
import type { State } from "../fold/state";
import { arch } from "../program/choice";
import { MACHINES } from "../program/machines";

/** The architecture on show: the run's, and before there is one that of the menu. */
export const abiOf = (state: State): AbiInfo => state.abi ?? MACHINES[arch.value].abi;
