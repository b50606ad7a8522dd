import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

const PATHS = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium of its own, with nothing kept: close it when done. */
export interface OpenBrowser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** Starts the Chromium that is installed. Throws where there is none. */
export async function openBrowser(options: BrowserContextOptions = {}): Promise<OpenBrowser> {
  const executablePath = PATHS.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) throw new Error('No Chromium is installed: apt-get install chromium.');
  const userData = mkdtempSync(join(tmpdir(), 'halisi-chromium-'));
  const context = await chromium.launchPersistentContext(userData, {
    ...{ locale: 'en-GB', executablePath, headless: true, args: ARGUMENTS },
    ...options,
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(userData, { recursive: true, force: true });
    },
  };
}
