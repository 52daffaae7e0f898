import { KIND_READ, request } from "./requests";
import { readMemberLost } from "./read";
import { writeMemberLost } from "./write";

/** A member is lost that request `index` waited for: a read is asked again of the survivor, a write goes on without. */
export function requestMemberLost(index: u32): void {
  if (request(index).kind == KIND_READ) readMemberLost(index);
  else writeMemberLost(index);
}
