import { DomainError } from '../../../domain/errors.js';

/** Why a link is not added or removed. */
export type LinkRefusal =
  | 'LINK_IDENTIFIER_INVALID'
  | 'LINK_NOT_OWNED'
  | 'LINK_TYPE_UNKNOWN'
  | 'LINK_URL_INVALID'
  | 'LINK_TITLE_INVALID'
  | 'LINK_LANGUAGE_INVALID'
  | 'LINK_MEDIA_TYPE_INVALID'
  | 'LINK_CONTEXT_INVALID'
  | 'LINKS_TOO_MANY'
  | 'NOT_FOUND';

export class LinkRefusedError extends DomainError<LinkRefusal> {
  override readonly name = 'LinkRefusedError';
}
