/**
 * How V8 is to run a synth, which is short and makes much garbage: see docs/decisions/0010-how-v8-runs-a-synth.md. An
 * option that V8 does not know it tells on stderr, so that none may be given that it has no more.
 *
 * @param v8 its version, such as `11.3.244.8-node.33`
 */
export function engineFlags(v8: string): string[] {
  return [
    // From version 12 on a compiler comes first that costs little, and what is hot is counted in another way.
    ...(Number.parseInt(v8, 10) < 12 ? ['--interrupt-budget=200000'] : []),
    '--max-inlined-bytecode-size-cumulative=300',
    '--heap-growing-percent=100',
  ];
}
