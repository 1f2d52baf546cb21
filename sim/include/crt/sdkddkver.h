/* <sdkddkver.h>: which Windows a program asks for makes no difference here. */
