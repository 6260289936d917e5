// Signs of a plan: each drawn as strokes in a square of 24.

/** Path data by kind of spot. Outlines only: they are stroked, so that they read on any ground. */
export const SIGNS = {
  "entrance": "M12 20V5M6 11l6-6 6 6",
  "exit": "M11 4H5v16h6M9 12h11M15 7l5 5-5 5",
  "guide-desk": "M12 5.2v.1M12 10v9M9 19h6",
  "kiosk": "M6 4h12v9H6zM12 13v6M8 20h8M9 8h6",
  "self-service": "M4 5h16v11H4zM9 20h6M12 16v4M12 8v5M9.5 10.5h5",
  "form-desk": "M5 19l1-4L16 5l3 3L9 18zM13 20h7",
  "waiting": "M6 4v10h11v6M6 14v6M6 10h8",
  "lift": "M5 4h14v16H5zM12 4v16M8.5 10V7M7 8.5L8.5 7 10 8.5M15.5 14v3M14 15.5l1.5 1.5 1.5-1.5",
  "stairs": "M3 20h5v-4h4v-4h4V8h5V4",
  "ramp": "M3 19h18V9z",
  "toilet": "M7 5.2v.1M5 9h4v6H5zM7 15v5M17 5.2v.1M17 8l-3 7h6zM17 15v5M12 4v16",
  "accessible-toilet": "M10 4.2v.1M10 8v6h6l2 5M10 10.5h4M8 12a5 5 0 1 0 6.5 6",
  "water": "M12 4c4 5 6 7 6 10a6 6 0 0 1-12 0c0-3 2-5 6-10z",
  "copying": "M5 4h9v12H5zM10 16v4h9V8h-5",
  "parcel": "M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9",
};
