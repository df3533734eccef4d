import { h, render } from 'preact'
import { act } from 'preact/test-utils'

export interface RenderedHook<P, T> {
  /** What the hook gave last. */
  readonly value: () => T
  /** Renders with other arguments. */
  readonly again: (argument: P) => Promise<void>
  /** Lets something happen, and effects run. */
  readonly act: (happen: () => unknown) => Promise<void>
  readonly end: () => Promise<void>
}

/** Runs a hook in a component that shows nothing, so without a document. */
export async function renderedHook<P, T>(hook: (argument: P) => T, first: P): Promise<RenderedHook<P, T>> {
  // A component that shows nothing touches no node.
  const nowhere = { nodeType: 1, childNodes: [], firstChild: null } as unknown as Parameters<typeof render>[1]
  let last: { readonly value: T } | undefined
  function Shown({ argument }: { readonly argument: P }) {
    last = { value: hook(argument) }
    return null
  }
  const again = (argument: P) => act(() => render(h(Shown, { argument }), nowhere))
  await again(first)
  return {
    value: () => last!.value,
    again,
    act: (happen) =>
      act(async () => {
        await happen()
      }),
    end: () => act(() => render(null, nowhere)),
  }
}
