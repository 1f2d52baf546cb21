void *banned_call(void)
{
    return malloc(1);
}
