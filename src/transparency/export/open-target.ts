import { resolve } from 'node:path';
import type { ConfigValues } from '../../platform/config/config.js';
import { ExportError, type ExportTarget } from './export-target.js';
import { FolderTarget } from './folder-target.js';
import { S3Target } from './s3-target.js';

/** `s3://bucket[/prefix]`, by the rules of bucket names. */
const S3_URL = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(?<prefix>.*?))?\/*$/;

/** The target of a folder's path or an s3 URL. Throws EXPORT_TARGET_INVALID. */
export function openTarget(place: string, { access }: ConfigValues['transparency']['export']): ExportTarget {
  if (!place.startsWith('s3:')) return new FolderTarget(resolve(place));
  const { bucket, prefix = '' } = S3_URL.exec(place)?.groups ?? {};
  if (bucket === undefined) {
    throw new ExportError(
      'EXPORT_TARGET_INVALID',
      `Expected a folder or s3://bucket/prefix, got ${JSON.stringify(place)}.`,
    );
  }
  if (access === undefined) {
    const message = `${place} needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
    throw new ExportError('EXPORT_TARGET_INVALID', message);
  }
  return new S3Target(bucket, prefix, access);
}
