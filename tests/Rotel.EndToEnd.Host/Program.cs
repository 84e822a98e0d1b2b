namespace Rotel.EndToEnd;

/// <summary>Programs that tests start as processes of their own; the first argument says which.</summary>
public static class Program
{
    /// <param name="args">The role and its arguments; without a role, those of <see cref="StarvedApplication"/>.</param>
    public static void Main(string[] args)
    {
        switch (args[0])
        {
            case ShortLivedProgram.Role:
                ShortLivedProgram.Run(args[1..]);
                break;
            case LoadedHost.Role:
                LoadedHost.Run(args[1..]);
                break;
            case SharingMember.Role:
                SharingMember.Run(args[1..]);
                break;
            case SpeakingProgram.Role:
                SpeakingProgram.Run();
                break;
            default:
                StarvedApplication.Run(args);
                break;
        }
    }
}
