/** Pages are numbered from 1. */
export interface PageRequest {
  page: number;
  size: number;
}

export interface Page<Item> {
  items: Item[];
  /** The number of the next page; absent at the end. */
  next?: number;
}
