/** The rows are not what integ writes. Becomes a UserError where the name of the file is known. */
export class MalformedRows extends Error {
  override readonly name = 'MalformedRows';
}
