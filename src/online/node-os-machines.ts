/** Whose models of NodeOS are trained. Those of guests have no idle power, those of nodes do: never both in one pipeline. */
export type NodeOsMachines = 'off' | 'guests' | 'nodes'
