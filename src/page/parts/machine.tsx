import type { MachineJson } from '../../api/answers.js'
import { machineText } from '../text/format.js'

/** A machine in words. The name of its processor keeps to its own direction of writing, and turns no numbers around. */
export function Machine({ machine }: { readonly machine: MachineJson }) {
  const { processor, ...rest } = machine
  if (processor === undefined) return <>{machineText(machine)}</>
  const others = Object.keys(rest).length > 0 ? `, ${machineText(rest)}` : ''
  return (
    <span class="text">
      <bdi>{processor}</bdi>
      {others}
    </span>
  )
}
