/** Whether the server takes work: false while it starts and from the moment that it is told to stop. */
export class Lifecycle {
  private state: 'starting' | 'ready' | 'draining' = 'starting';

  get ready(): boolean {
    return this.state === 'ready';
  }

  get draining(): boolean {
    return this.state === 'draining';
  }

  markReady(): void {
    if (this.state === 'starting') this.state = 'ready';
  }

  drain(): void {
    this.state = 'draining';
  }
}

/** Lines that are printed when the server is up; any module adds its own, as the demo network does with its sign-ins. */
export class StartupNotes {
  private readonly noted: string[] = [];

  add(...lines: string[]): void {
    this.noted.push(...lines);
  }

  get lines(): readonly string[] {
    return this.noted;
  }
}
