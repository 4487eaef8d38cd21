/** The greatest sizes of images that steps make, so that no request can ask for more memory than there is. */
import { invalidInput } from "../../../errors.js";

const maxPixels = 50_000_000;

/** Refuses a size of no pixels or of too many. */
export function checkSize(width: number, height: number): void {
  if (width < 1 || height < 1)
    throw invalidInput(`An image cannot have ${width} x ${height} pixels. Ask for at least one.`);
  if (width * height <= maxPixels) return;
  throw invalidInput(
    `An image of ${width} x ${height} pixels is larger than ${maxPixels} pixels. Ask for a smaller one.`,
  );
}

const maxEdge = 1_000_000;

/**
 * Refuses to resample a thread of pixels, whose coefficients alone would fill the memory. Between the two passes there
 * are never more pixels than before or after them.
 */
export function checkEdges(width: number, height: number): void {
  if (Math.max(width, height) <= maxEdge) return;
  throw invalidInput(`An image with an edge of more than ${maxEdge} pixels cannot be resized. Crop it first.`);
}
