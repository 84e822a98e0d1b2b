using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rotel.Guest.Hosts;

/// <summary>The application, with one endpoint of its own.</summary>
internal static class HostApplication
{
    public static WebApplication Build(HostSettings settings)
    {
        // The folder is watched for changes of the configuration, with all below it: not one in which somebody works.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        builder.Services.AddSingleton<OrderDesk>();
        HostTelemetry.Add(builder.Services, settings);

        var application = builder.Build();
        application.MapGet(OrderDesk.Route, (int id, OrderDesk desk) => desk.Price(id));
        return application;
    }
}
