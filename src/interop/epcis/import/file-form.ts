/** What a file is sent as, by its name: `.gz` is unpacked on arrival. Undefined for a name that says nothing. */
export function formOfName(name: string): { readonly mediaType: string; readonly gzip: boolean } | undefined {
  const gzip = /\.gz$/i.test(name);
  const plain = gzip ? name.slice(0, -3) : name;
  if (/\.(json|jsonld)$/i.test(plain)) return { mediaType: 'application/json', gzip };
  if (/\.xml$/i.test(plain)) return { mediaType: 'application/xml', gzip };
  return undefined;
}
