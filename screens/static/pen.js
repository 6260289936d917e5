// A sheet that was written on: strokes of x, y, x, y … in 10,000ths of its width and height.

export const SIDE = 10000;

/** Fit the drawing to the canvas as it stands on the page, and draw all strokes. @param {number[][]} strokes */
export function draw(canvas, strokes) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = window.devicePixelRatio;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.lineWidth = Math.max(3, canvas.width / 120);
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = getComputedStyle(canvas).color;
  for (const stroke of strokes) line(pen, stroke, canvas.width / SIDE, canvas.height / SIDE);
}

function line(pen, points, wide, high) {
  pen.beginPath();
  pen.moveTo(points[0] * wide, points[1] * high);
  for (let at = 0; at < points.length; at += 2) pen.lineTo(points[at] * wide, points[at + 1] * high);
  pen.stroke();
}
