/**
 * A name from outside: of any length and in any direction of writing. It keeps to its own line and direction, and shows
 * all of itself to who points at it.
 */
export function Name({ text }: { readonly text: string }) {
  return (
    <bdi class="name" title={text.length > 24 ? text : undefined}>
      {text}
    </bdi>
  )
}
