using Rotel.Agent;

return await RotelCommand.RunAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
