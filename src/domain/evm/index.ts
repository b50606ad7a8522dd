export * from './errors.js';
export * from './header.js';
export * from './rlp.js';
export * from './trie.js';
