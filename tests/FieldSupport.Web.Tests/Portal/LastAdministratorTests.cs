using System.Net;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Features.Portal;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FieldSupport.Web.Tests.Portal;

/// <summary>Two administrators of a practice who act on each other in the same moment.</summary>
public sealed class LastAdministratorTests
{
    private const string Admin = "practice@demo.test", People = "/portal/settings/people";

    [Theory, OnBothDatabases]
    public Task Two_who_remove_each_other_leave_one(Database database) => EachOther<RemoveColleague.Command, string>(database, "/remove");

    [Theory, OnBothDatabases]
    public Task Two_who_take_each_other_s_password_leave_one(Database database) => EachOther<InviteColleague.Reset, Invitation>(database, "/reset");

    [Theory, OnBothDatabases]
    public async Task Whoever_has_no_password_yet_does_not_count(Database database)
    {
        await using var application = await Application.StartAsync(database);
        var nurse = await SecondAdministrator(application);
        await using (var db = application.Open())
        {
            (await db.Users.SingleAsync(u => u.Email == SampleWorld.Nurse)).PasswordHash = null;
            await db.SaveChangesAsync();
        }
        foreach (var path in new[] { "/remove", "/reset" })
        {
            var answer = await nurse.PostAsync(People + path, Application.Form(("email", Admin)));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains("last administrator of your practice", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(1, await Administrators(application));
    }

    private static async Task EachOther<TCommand, TDone>(Database database, string path) where TCommand : notnull
    {
        var meeting = new Meeting<TCommand, Outcome<TDone>>();
        await using var application = await Application.StartAsync(database, services: s => s.AddSingleton<IPipelineBehavior<TCommand, Outcome<TDone>>>(meeting));
        var nurse = await SecondAdministrator(application);
        var admin = await application.SignedIn(Admin);
        var answers = await Task.WhenAll(
            admin.PostAsync(People + path, Application.Form(("email", SampleWorld.Nurse))), nurse.PostAsync(People + path, Application.Form(("email", Admin))));
        Assert.True(meeting.HasMet);
        Assert.Equal([true, false], answers.Select(a => a.StatusCode is HttpStatusCode.SeeOther or HttpStatusCode.OK).OrderDescending());
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.Conflict);
        Assert.Equal(1, await Administrators(application));
    }

    private static async Task<HttpClient> SecondAdministrator(Application application)
    {
        await using (var db = application.Open())
        {
            (await db.Users.SingleAsync(u => u.Email == SampleWorld.Nurse)).Role = Roles.PracticeAdmin;
            await db.SaveChangesAsync();
        }
        return await application.SignedIn(SampleWorld.Nurse);
    }

    private static async Task<int> Administrators(Application application)
    {
        await using var db = application.Open();
        var account = await db.Users.Where(u => u.Email == Admin).Select(u => u.AccountId).SingleAsync();
        return await db.Users.CountAsync(u => u.AccountId == account && u.Role == Roles.PracticeAdmin && !u.IsDisabled && u.PasswordHash != null);
    }

    /// <summary>Inside the save's behaviour: both have decided before either is written.</summary>
    private sealed class Meeting<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse> where TRequest : notnull
    {
        private readonly TaskCompletionSource _both = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _here;

        public bool HasMet => _both.Task.IsCompletedSuccessfully;

        public async Task<TResponse> Handle(TRequest request, RequestHandlerDelegate<TResponse> next, CancellationToken cancellationToken)
        {
            var response = await next();
            if (Interlocked.Increment(ref _here) == 2) _both.SetResult();
            await _both.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
            return response;
        }
    }
}
