import { createHash } from 'node:crypto';

/**
 * The page's only style sheet. White on each banner colour has a contrast above 6:1, and grey text on the page above 7:1
 * (WCAG 2.2 AA asks for 4.5:1).
 */
export const STYLE = `*{box-sizing:border-box}body{margin:0;font:1.06rem/1.5 system-ui,sans-serif;color:#16202b;background:#f3f5f7}
main{max-width:34rem;margin:auto;padding:1rem}
.v{display:flex;gap:1rem;align-items:center;padding:1.1rem;border-radius:.75rem;color:#fff;background:#3b4a5a}
.v svg{flex:none;width:4rem;height:4rem}.v h1{margin:0;font-size:1.5rem;line-height:1.25}.v p{margin:.35rem 0 0}
.genuine{background:#0b6b2f}.genuine_do_not_supply{background:#8a4b00}.not_recognised,.contradicted{background:#a3121b}
section,details{margin-top:1rem;padding:1rem 1.1rem;border-radius:.75rem;background:#fff}
h2{margin:0 0 .35rem;font-size:1.06rem}p{margin:.35rem 0}
dl{display:grid;grid-template-columns:fit-content(8rem) minmax(0,1fr);gap:.4rem 1rem;margin:0}dt{color:#4a5866}dd{margin:0;font-weight:600;overflow-wrap:break-word}bdi[dir]{font-weight:400;font-size:.95rem}
.note{color:#4a5866;font-size:.95rem}summary{cursor:pointer;font-weight:600;min-height:1.6rem}
label{display:block;margin:.8rem 0 .3rem;font-weight:600}textarea{width:100%;min-height:5rem;padding:.6rem;font:inherit;border:2px solid #4a5866;border-radius:.4rem}
button{margin-top:.7rem;padding:.7rem 1.1rem;font:inherit;font-weight:600;color:#fff;background:#16324f;border:0;border-radius:.4rem}
a{color:#0b4f8a}nav{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;margin:1.2rem .2rem}nav a,nav b,ul a{display:inline-block;padding:.35rem 0}ul{margin:0;padding-inline-start:1.2rem}
:focus-visible{outline:3px solid #0b4f8a;outline-offset:2px}`;

/** Nothing is loaded, run, framed or sent elsewhere: the policy names the hash of the style sheet and the form's own place. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
