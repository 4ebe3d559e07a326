/** Resolves when the condition holds; rejects when it does not within `limitMs`. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 5_000): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms in vain`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
