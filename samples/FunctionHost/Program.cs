using FunctionHost;

// Without arguments it plays the platform, which starts this program a second time as the function.
if (args is [var platform, var backend])
{
    await FunctionRuntime.RunAsync(new Uri(platform), new Uri(backend), Function.PriceAsync);
    return 0;
}

await using var cloud = await Platform.StartAsync();
return await cloud.InvokeAsync() ? 0 : 1;
