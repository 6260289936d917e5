/* Says what linux/videodev2.h says: numbers by the names of drivers/document_scanner/v4l2_codec.py, structures in hex. */
#include <linux/videodev2.h>
#include <stdio.h>
#include <string.h>

#define NUMBER(name, value) printf("%s %#lx\n", name, (unsigned long)(value))
#define CALL(name) NUMBER(#name, VIDIOC_##name)

static void hex(const char *name, const void *data, size_t size) {
  printf("%s ", name);
  for (size_t at = 0; at < size; at++) printf("%02x", ((const unsigned char *)data)[at]);
  printf("\n");
}

#define HEX(name, value) hex(name, &value, sizeof value)

static void written(void) {
  struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
  format.fmt.pix.width = 2592;
  format.fmt.pix.height = 1944;
  format.fmt.pix.pixelformat = V4L2_PIX_FMT_MJPEG;
  HEX("format", format);
  struct v4l2_fmtdesc fmtdesc = {.index = 3, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
  HEX("fmtdesc", fmtdesc);
  struct v4l2_frmsizeenum frmsize = {.index = 2, .pixel_format = V4L2_PIX_FMT_MJPEG};
  HEX("frmsize", frmsize);
  struct v4l2_requestbuffers buffers = {.count = 4, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
  HEX("requestbuffers", buffers);
  struct v4l2_buffer buffer = {.index = 2, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
  HEX("buffer", buffer);
  struct v4l2_control control = {.id = V4L2_CID_POWER_LINE_FREQUENCY, .value = V4L2_CID_POWER_LINE_FREQUENCY_50HZ};
  HEX("control", control);
  int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  HEX("type", type);
}

static void told(void) {
  struct v4l2_capability capability;
  memset(&capability, 0, sizeof capability);
  strcpy((char *)capability.driver, "uvcvideo");
  strcpy((char *)capability.card, "Camera");
  strcpy((char *)capability.bus_info, "usb-1.2");
  capability.version = 0x60100;
  capability.capabilities = V4L2_CAP_DEVICE_CAPS | V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING;
  capability.device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_EXT_PIX_FORMAT;
  HEX("capability-told", capability);
  struct v4l2_buffer buffer;
  memset(&buffer, 0, sizeof buffer);
  buffer.index = 2;
  buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  buffer.bytesused = 1234;
  buffer.flags = V4L2_BUF_FLAG_ERROR;
  buffer.timestamp.tv_sec = 7;
  buffer.sequence = 9;
  buffer.memory = V4L2_MEMORY_MMAP;
  buffer.m.offset = 0x20000;
  buffer.length = 0x10000;
  HEX("buffer-told", buffer);
  struct v4l2_frmsizeenum size;
  memset(&size, 0, sizeof size);
  size.type = V4L2_FRMSIZE_TYPE_DISCRETE;
  size.discrete.width = 2592;
  size.discrete.height = 1944;
  HEX("frmsize-told", size);
  size.type = V4L2_FRMSIZE_TYPE_STEPWISE;
  size.stepwise.min_width = 160;
  size.stepwise.max_width = 4160;
  size.stepwise.step_width = 16;
  size.stepwise.min_height = 120;
  size.stepwise.max_height = 3120;
  size.stepwise.step_height = 16;
  HEX("frmsize-range-told", size);
}

int main(void) {
  CALL(QUERYCAP);
  CALL(ENUM_FMT);
  CALL(S_FMT);
  CALL(REQBUFS);
  CALL(QUERYBUF);
  CALL(QBUF);
  CALL(DQBUF);
  CALL(STREAMON);
  CALL(STREAMOFF);
  CALL(S_CTRL);
  CALL(ENUM_FRAMESIZES);
  NUMBER("CAPABILITY_SIZE", sizeof(struct v4l2_capability));
  NUMBER("FORMAT_SIZE", sizeof(struct v4l2_format));
  NUMBER("FMTDESC_SIZE", sizeof(struct v4l2_fmtdesc));
  NUMBER("REQBUFS_SIZE", sizeof(struct v4l2_requestbuffers));
  NUMBER("BUFFER_SIZE", sizeof(struct v4l2_buffer));
  NUMBER("FRMSIZE_SIZE", sizeof(struct v4l2_frmsizeenum));
  NUMBER("VIDEO_CAPTURE", V4L2_BUF_TYPE_VIDEO_CAPTURE);
  NUMBER("CAP_STREAMING", V4L2_CAP_STREAMING);
  NUMBER("CAP_DEVICE_CAPS", V4L2_CAP_DEVICE_CAPS);
  NUMBER("MEMORY_MMAP", V4L2_MEMORY_MMAP);
  NUMBER("BUF_FLAG_ERROR", V4L2_BUF_FLAG_ERROR);
  NUMBER("FRAME_SIZE_DISCRETE", V4L2_FRMSIZE_TYPE_DISCRETE);
  NUMBER("MJPEG", V4L2_PIX_FMT_MJPEG);
  NUMBER("JPEG", V4L2_PIX_FMT_JPEG);
  NUMBER("POWER_LINE_FREQUENCY", V4L2_CID_POWER_LINE_FREQUENCY);
  NUMBER("FOCUS_AUTO", V4L2_CID_FOCUS_AUTO);
  written();
  told();
  return 0;
}
