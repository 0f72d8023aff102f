// Numbers gathered over many hand-offs, and the table made of them.

export class Measures {
  private readonly values = new Map<string, number[]>();

  add(measure: string, value: number): void {
    const values = this.values.get(measure) ?? [];
    values.push(value);
    this.values.set(measure, values);
  }

  /** A Markdown table, in the order in which the measures first came. */
  table(title: string): string {
    const rows = [...this.values].map(([measure, values]) => {
      const [p50, p95, max] = [percentile(values, 0.5), percentile(values, 0.95), Math.max(...values)];
      return `| ${measure} | ${values.length} | ${[p50, p95, max].map((value) => Math.round(value)).join(' | ')} |`;
    });
    return [`### ${title}`, '', '| ms | n | p50 | p95 | max |', '|---|---|---|---|---|', ...rows, ''].join('\n');
  }
}

/** By nearest rank: a value that was really measured. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
